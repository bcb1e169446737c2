import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { quoteText } from '../../planner/types/data-type.js';
import type { ParameterCodec } from './codec.js';
import { invalidBinary, invalidText, requireBytes } from './codec.js';
import { decodeText } from './strings.js';

/** The words boolean has, each also by any prefix that names only one of them. */
function booleanOf(text: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  if (word === '') {
    return undefined;
  }
  if ('true'.startsWith(word) || 'yes'.startsWith(word) || word === 'on' || word === '1') {
    return true;
  }
  if ('false'.startsWith(word) || 'no'.startsWith(word) || word === 'off' || word === 'of' || word === '0') {
    return false;
  }
  return undefined;
}

/** bool. */
export const boolCodec: ParameterCodec = {
  text: (text) => {
    const value = booleanOf(text);
    if (value === undefined) {
      throw invalidText('boolean', text);
    }
    return value ? 'TRUE' : 'FALSE';
  },
  binary: (bytes) => {
    requireBytes(bytes, 1, 'boolean');
    return bytes[0] === 0 ? 'FALSE' : 'TRUE';
  },
};

/** Hexadecimal digits cannot leave their quotes, whatever the bytes are. */
function blobLiteral(bytes: Buffer): string {
  return `from_hex('${bytes.toString('hex')}')`;
}

/** bytea: `\x` and hexadecimal digits, or the escape form. */
export const byteaCodec: ParameterCodec = {
  text: (text) => blobLiteral(text.startsWith('\\x') ? hexBytes(text.slice(2)) : escapedBytes(text)),
  binary: blobLiteral,
};

function hexBytes(text: string): Buffer {
  const digits = text.replaceAll(/\s/g, '');
  const wrong = /[^0-9a-fA-F]/u.exec(digits);
  if (wrong !== null) {
    throw new SqlError(SQLSTATE.invalid_parameter_value, `invalid hexadecimal digit: "${wrong[0]}"`);
  }
  if (digits.length % 2 !== 0) {
    throw new SqlError(SQLSTATE.invalid_parameter_value, 'invalid hexadecimal data: odd number of digits');
  }
  return Buffer.from(digits, 'hex');
}

function escapedBytes(text: string): Buffer {
  const source = Buffer.from(text, 'utf8').toString('latin1');
  const plain = source.replaceAll(/\\(\\|[0-3][0-7]{2})?/g, (_, escape: string | undefined) => {
    if (escape === undefined) {
      throw new SqlError(SQLSTATE.invalid_text_representation, 'invalid input syntax for type bytea');
    }
    return escape === '\\' ? '\\' : String.fromCharCode(Number.parseInt(escape, 8));
  });
  return Buffer.from(plain, 'latin1');
}

const UUID_TEXT = /^\{?[0-9a-f]{4}(?:-?[0-9a-f]{4}){7}\}?$/i;

function uuidLiteral(digits: string): string {
  return `CAST('${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}' AS UUID)`;
}

/** uuid, with or without hyphens and braces. */
export const uuidCodec: ParameterCodec = {
  text: (text) => {
    if (!UUID_TEXT.test(text) || text.startsWith('{') !== text.endsWith('}')) {
      throw invalidText('uuid', text);
    }
    return uuidLiteral(text.replaceAll(/[{}-]/g, '').toLowerCase());
  },
  binary: (bytes) => {
    requireBytes(bytes, 16, 'uuid');
    return uuidLiteral(bytes.toString('hex'));
  },
};

function jsonLiteral(text: string): string {
  try {
    JSON.parse(text);
  } catch (cause) {
    throw new SqlError(SQLSTATE.invalid_text_representation, 'invalid input syntax for type json', {
      detail: `The value is not valid JSON: ${cause instanceof Error ? cause.message : String(cause)}.`,
      cause,
    });
  }
  return `CAST(${quoteText(text)} AS JSON)`;
}

/** json. */
export const jsonCodec: ParameterCodec = {
  text: jsonLiteral,
  binary: (bytes) => jsonLiteral(decodeText(bytes)),
};

/** jsonb: in binary, a version byte before the text. */
export const jsonbCodec: ParameterCodec = {
  text: jsonLiteral,
  binary: (bytes) => {
    if (bytes[0] !== 1) {
      throw new SqlError(SQLSTATE.invalid_binary_representation, `unsupported jsonb version number ${bytes[0] ?? 0}`);
    }
    return jsonLiteral(decodeText(bytes.subarray(1)));
  },
};

function bitLiteral(bits: string): string {
  if (bits === '') {
    throw new SqlError(SQLSTATE.feature_not_supported, 'empty bit strings are not supported');
  }
  return `CAST('${bits}' AS BIT)`;
}

/** bit and varbit: binary digits, or hexadecimal ones after an x. */
export const bitCodec: ParameterCodec = {
  text: (text) => {
    const hexadecimal = /^x/i.test(text);
    const digits = text.replace(/^[bx]/i, '');
    const wrong = (hexadecimal ? /[^0-9a-f]/iu : /[^01]/u).exec(digits);
    if (wrong !== null) {
      throw new SqlError(SQLSTATE.invalid_text_representation, `"${wrong[0]}" is not a valid ${hexadecimal ? 'hexadecimal' : 'binary'} digit`);
    }
    return bitLiteral(hexadecimal ? digits.replaceAll(/./g, (digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0')) : digits);
  },
  binary: (bytes) => {
    const count = bytes.length < 4 ? -1 : bytes.readInt32BE(0);
    if (count < 0 || bytes.length !== 4 + Math.ceil(count / 8)) {
      throw invalidBinary('bit varying');
    }
    return bitLiteral(
      [...bytes.subarray(4)]
        .map((byte) => byte.toString(2).padStart(8, '0'))
        .join('')
        .slice(0, count),
    );
  },
};
