// Reverse proxies in front of a relay, with the least configuration.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

import { NotAvailable } from '../consumers/tools.mjs';

const nginx = (
  port,
  to,
  folder,
) => `daemon off; master_process off; pid ${folder}/nginx.pid; error_log stderr error;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder};
  uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
  gzip on; gzip_proxied any; gzip_types application/json;
  server { listen 127.0.0.1:${port}; location / { proxy_pass http://127.0.0.1:${to}; } }
}
`;

const haproxy = (port, to) => `defaults
  mode http
  option http-no-delay
  option abortonclose
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend in
  bind 127.0.0.1:${port}
  default_backend relay
backend relay
  server relay 127.0.0.1:${to}
`;

/** Starts a proxy and returns the address of the relay behind it. */
const proxy = (name, configOf, argsOf) => ({
  name: `${name} in front`,
  start: async ({ port: to }, port, scratch, running) => {
    if (spawnSync(name, ['-v']).error !== undefined) throw new NotAvailable(`there is no ${name} here`);
    const folder = join(scratch, name);
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${name}.conf`);
    writeFileSync(file, configOf(port, to, folder));
    let output = '';
    const child = spawn(name, argsOf(file, folder), { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.setEncoding('utf8').on('data', (text) => (output += text));
    running.add(child);
    while (!(await listens(port))) {
      if (child.exitCode !== null) throw new Error(`it ended: ${output}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return `http://127.0.0.1:${port}/api`;
  },
});

const listens = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => (socket.destroy(), resolve(true))).once('error', () => resolve(false));
  });

export const proxies = [
  proxy('nginx', nginx, (file, folder) => ['-p', folder, '-c', file, '-e', 'stderr']),
  proxy('haproxy', haproxy, (file) => ['-f', file, '-db']),
];
