import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const places = [join(root, '../shared/wire'), join(root, 'spec/fixtures')];

/**
 * Returns streams recorded from real servers: those in the folder beside the checkout if it exists, else those of the specs.
 *
 * Only streams that every client can read: one choice, text in `content`, and a normal end. The specs cover the others.
 */
export function recordings() {
  const place = places.find((folder) => existsSync(folder));
  return readdirSync(place, { recursive: true })
    .filter((path) => basename(path).toLowerCase() === 'manifest.json')
    .sort()
    .flatMap((path) => recordingsIn(join(place, path), place));
}

function recordingsIn(manifest, place) {
  return JSON.parse(readFileSync(manifest, 'utf8'))
    .filter(
      ({ kind, expect }) => kind === 'stream' && expect !== undefined && !expect.error && !expect.choices,
    )
    .map(({ file, expect }) => {
      const path = join(dirname(manifest), file);
      return {
        name: relative(place, path),
        bytes: new Uint8Array(readFileSync(path)),
        text: expect.content ?? '',
      };
    });
}

/**
 * Returns a recording as a stream, split into reads of one size.
 *
 * @param times - Number of repetitions in one stream, which reduces the share of the cost of a call. `[DONE]` is sent once, at
 * the end.
 */
export function replayed({ bytes, text }, size, times = 1) {
  const body = times === 1 ? bytes : saidOver(bytes, times);
  const reads = Array.from({ length: Math.ceil(body.length / size) }, (_, i) =>
    body.subarray(i * size, (i + 1) * size),
  );
  return {
    contentType: 'text/event-stream',
    reads: () => reads[Symbol.iterator](),
    expected: {
      bytes: body.length,
      payloads: new TextDecoder().decode(body).match(/^data:/gm)?.length ?? 0,
      characters: text.length * times,
      text: () => text.repeat(times),
    },
  };
}

function saidOver(bytes, times) {
  const text = new TextDecoder().decode(bytes).replace(/^data: ?\[DONE\]\s*/m, '');
  return new TextEncoder().encode(`${`${text.trimEnd()}\n\n`.repeat(times)}data: [DONE]\n\n`);
}
