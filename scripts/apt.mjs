// Debian packages for the tests, installed where that is permitted (root, or sudo without a password).
import { spawnSync } from 'node:child_process';

/** True when these packages are installed now. */
export function aptInstall(packages) {
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  process.stderr.write(`installing ${packages.join(', ')} (apt-get) ...\n`);
  // Another package manager may be at work on a machine that just started: wait for its lock.
  const lock = ['-o', 'DPkg::Lock::Timeout=300'];
  const apt = (...args) => {
    const [command, ...rest] = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...lock, ...args];
    return spawnSync(command, rest, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  };
  const install = () => apt('install', '-y', '--no-install-recommends', ...packages);
  return install() || (apt('update') && install());
}
