// Ceph's S3 gateway for test/s3: a real server that a test can start in two seconds.
import { existsSync } from 'node:fs';
import { aptInstall } from './apt.mjs';

const PROGRAMS = ['/usr/bin/radosgw', '/usr/bin/ceph-mon', '/usr/bin/ceph-osd'];

/** True when the gateway is there, installed from Debian's packages if need be and permitted. */
export function ensureCeph() {
  return isInstalled() || (aptInstall(['ceph-mon', 'ceph-osd', 'radosgw', 'ceph-common']) && isInstalled());
}

function isInstalled() {
  return PROGRAMS.every((path) => existsSync(path));
}
