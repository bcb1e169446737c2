import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from './free-port.js';

/** A real S3 server: Ceph's object gateway over one monitor and one store in memory. */
export interface CephS3 {
  readonly endpoint: string;
  readonly port: number;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
const ACCESS_KEY = 'test';
const SECRET_KEY = 'testsecret';

/** Starts the gateway on a free port of loopback. The caller stops it. Debian's ceph-mon, ceph-osd and radosgw are needed. */
export async function startCephS3(): Promise<CephS3> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-ceph-'));
  const [port, monitorPort, oldMonitorPort] = [await findFreePort(), await findFreePort(), await findFreePort()];
  const children: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    process.removeListener('exit', killAll);
    // The gateway takes 20 s to end when asked: it holds nothing that matters.
    await Promise.all(children.map(killChild));
    rmSync(directory, { recursive: true, force: true });
  };
  const killAll = (): void => {
    for (const child of children) {
      child.kill('SIGKILL');
    }
  };
  process.once('exit', killAll);
  try {
    const start = (name: string, command: string, ...parameters: string[]): void => {
      const log = openSync(join(directory, `${name}.out`), 'a');
      children.push(spawn(command, ['-c', join(directory, 'ceph.conf'), ...parameters], { stdio: ['ignore', log, log] }));
    };
    const run = (command: string, ...parameters: string[]): void => {
      execFileSync(command, parameters, { cwd: directory, stdio: 'ignore', timeout: START_TIMEOUT_MS });
    };
    writeCluster(directory, { port, monitorPort, oldMonitorPort }, run);
    const configured = ['-c', join(directory, 'ceph.conf')];
    run('ceph-mon', ...configured, '--mkfs', '-i', 'a', '--monmap', 'monmap', '--keyring', 'keyring');
    start('mon', 'ceph-mon', '-i', 'a', '-f');
    const store = randomUUID();
    run('ceph', ...configured, 'osd', 'new', store);
    run('ceph-osd', ...configured, '-i', '0', '--mkfs', '--osd-uuid', store);
    start('osd', 'ceph-osd', '-i', '0', '-f');
    run('radosgw-admin', ...configured, 'user', 'create', '--uid=t', '--display-name=t', `--access-key=${ACCESS_KEY}`, `--secret-key=${SECRET_KEY}`);
    start('rgw', 'radosgw', '-n', 'client.rgw', '-f');
    const endpoint = `http://127.0.0.1:${port}`;
    await waitForAnswer(endpoint);
    return { endpoint, port, accessKeyId: ACCESS_KEY, secretAccessKey: SECRET_KEY, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Ports of the gateway, and of the monitor by both versions of its protocol. */
interface Ports {
  readonly port: number;
  readonly monitorPort: number;
  readonly oldMonitorPort: number;
}

function writeCluster(directory: string, { port, monitorPort, oldMonitorPort }: Ports, run: (command: string, ...parameters: string[]) => void): void {
  for (const name of ['mon', 'osd0', 'rgw', 'run']) {
    mkdirSync(join(directory, name));
  }
  const id = randomUUID();
  const monitor = `[v2:127.0.0.1:${monitorPort},v1:127.0.0.1:${oldMonitorPort}]`;
  const lines = [
    '[global]',
    `fsid = ${id}`,
    `mon host = ${monitor}`,
    'public addr = 127.0.0.1',
    'cluster addr = 127.0.0.1',
    `keyring = ${directory}/keyring`,
    `run dir = ${directory}/run`,
    `crash dir = ${directory}/run`,
    'pid file =',
    `admin socket = ${directory}/run/$name.$pid.asok`,
    `log file = ${directory}/$name.log`,
    `mon cluster log file = ${directory}/cluster.log`,
    'ms bind ipv6 = false',
    'auth allow insecure global id reclaim = false',
    'osd pool default size = 1',
    'osd pool default min size = 1',
    'mon allow pool size one = true',
    'osd crush chooseleaf type = 0',
    'osd pool default pg num = 4',
    'osd pool default pgp num = 4',
    'osd pool default pg autoscale mode = off',
    'mon max pg per osd = 1000',
    'mon data avail crit = 1',
    'mon data avail warn = 2',
    'paxos propose interval = 0.05',
    'paxos min wait = 0.01',
    'osd class load list = *',
    'osd class default list = *',
    'osd objectstore = memstore',
    `memstore device bytes = ${2 ** 33}`,
    'osd memory target = 939524096',
    '[mon.a]',
    `mon data = ${directory}/mon`,
    '[osd.0]',
    `osd data = ${directory}/osd0`,
    '[client.rgw]',
    `rgw data = ${directory}/rgw`,
    `rgw frontends = beast endpoint=127.0.0.1:${port}`,
  ];
  writeFileSync(join(directory, 'ceph.conf'), `${lines.join('\n')}\n`);
  run('ceph-authtool', '--create-keyring', 'keyring', '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *');
  const users: readonly (readonly [string, readonly string[]])[] = [
    ['client.admin', ['--cap', 'mon', 'allow *', '--cap', 'osd', 'allow *', '--cap', 'mgr', 'allow *']],
    ['client.rgw', ['--cap', 'mon', 'allow rwx', '--cap', 'osd', 'allow rwx', '--cap', 'mgr', 'allow rw']],
    ['osd.0', ['--cap', 'mon', 'allow profile osd', '--cap', 'osd', 'allow *', '--cap', 'mgr', 'allow profile osd']],
  ];
  for (const [name, capabilities] of users) {
    run('ceph-authtool', 'keyring', '--gen-key', '-n', name, ...capabilities);
  }
  run('monmaptool', '--create', '--fsid', id, '--addv', 'a', monitor, 'monmap');
}

async function waitForAnswer(endpoint: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      await fetch(endpoint);
      return;
    } catch (error) {
      if (Date.now() > deadline) {
        throw error;
      }
    }
    await sleep(50);
  }
}

async function killChild(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
}
