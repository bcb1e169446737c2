/** The values of DataRow messages in text format; null is SQL NULL. */
export function readDataRows(bytes: Buffer): readonly (readonly (string | null)[])[] {
  const rows: (readonly (string | null)[])[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const end = offset + 1 + bytes.readInt32BE(offset + 1);
    const values: (string | null)[] = [];
    let at = offset + 7;
    for (let count = bytes.readInt16BE(offset + 5); count > 0; count -= 1) {
      const length = bytes.readInt32BE(at);
      at += 4;
      values.push(length < 0 ? null : bytes.toString('utf8', at, at + length));
      at += Math.max(length, 0);
    }
    rows.push(values);
    offset = end;
  }
  return rows;
}
