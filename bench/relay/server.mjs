// Runs one of the relays, and reports its CPU time and memory to the process that started it.
import { relays } from './relays.mjs';

const [, , name, baseURL] = process.argv;
const server = await relays[name](baseURL);
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));

process.on('message', () => {
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  process.send({
    cpu: user + system,
    held: heapUsed + external,
    rss,
    peak: process.resourceUsage().maxRSS * 1024,
  });
});
