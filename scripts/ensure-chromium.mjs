// Chromium for the tests of the console.
import { existsSync } from 'node:fs';
import { aptInstall } from './apt.mjs';

const BROWSER = '/usr/bin/chromium';

/** True when Chromium is there, installed from Debian's packages if need be and permitted. */
export function ensureChromium() {
  return existsSync(BROWSER) || (aptInstall(['chromium', 'fonts-dejavu-core']) && existsSync(BROWSER));
}
