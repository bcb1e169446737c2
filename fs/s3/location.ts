import { StoreError } from '../store/store-error.js';
import { checkStorePath } from '../store/store-path.js';

/** A place in S3: objects whose keys start with `prefix`. */
export interface S3Location {
  readonly bucket: string;
  /** Without slashes at its ends; '' is the whole bucket. */
  readonly prefix: string;
}

/** How a bucket is reached. Credentials are never here: they come from the AWS chain (environment, profile, container, instance). */
export interface S3Access {
  /** URL of a server other than AWS's own. */
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  /** True: the bucket stands in the path, not in the host name. */
  readonly pathStyle: boolean;
}

const SCHEME = 's3://';

/** True for texts that name a place in S3. */
export function isS3Url(text: string): boolean {
  return text.startsWith(SCHEME);
}

/** Reads `s3://bucket/prefix`; `outside-roots` for what is no such place. */
export function parseS3Url(url: string): S3Location {
  const rest = isS3Url(url) ? url.slice(SCHEME.length).replace(/\/+$/, '') : '';
  const slash = rest.indexOf('/');
  const bucket = slash === -1 ? rest : rest.slice(0, slash);
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/.test(bucket)) {
    throw new StoreError('outside-roots', url, 'not a place in S3: s3://bucket or s3://bucket/prefix is expected');
  }
  return { bucket, prefix: slash === -1 ? '' : checkStorePath(rest.slice(slash + 1)) };
}

/** The place as users write it. */
export function printS3Url({ bucket, prefix }: S3Location): string {
  return prefix === '' ? `${SCHEME}${bucket}` : `${SCHEME}${bucket}/${prefix}`;
}
