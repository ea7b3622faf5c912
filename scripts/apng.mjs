import { crc32, deflateSync, inflateSync } from 'node:zlib';

/**
 * Joins pictures to an animated PNG.
 *
 * Each frame holds only the rectangle that differs from the picture before, and equal pictures are one frame, so a page in which little
 * moves is small.
 *
 * @param {readonly { at: number, png: Buffer }[]} pictures - PNG pictures of one size without transparency, with their times in
 * milliseconds.
 * @returns {Buffer} The animation, which repeats for ever.
 */
export function animate(pictures) {
  const decoded = pictures.map(({ at, png }) => ({ at, ...decode(png) }));
  const [first] = decoded;
  const frames = [];
  decoded.forEach((picture, i) => {
    const rectangle =
      i === 0 ? { x: 0, y: 0, width: first.width, height: first.height } : changed(decoded[i - 1], picture);
    if (rectangle !== undefined) frames.push({ at: picture.at, rectangle, data: encode(picture, rectangle) });
  });
  const end = decoded.at(-1).at + 2_000;
  const chunks = [chunk('IHDR', header(first)), chunk('acTL', numbers([4, frames.length], [4, 0]))];
  let sequence = 0;
  frames.forEach(({ at, rectangle: { x, y, width, height }, data }, i) => {
    const delay = Math.round((frames[i + 1]?.at ?? end) - at);
    const control = numbers(
      [4, sequence++],
      [4, width],
      [4, height],
      [4, x],
      [4, y],
      [2, delay],
      [2, 1_000],
      [1, 0],
      [1, 0],
    );
    chunks.push(chunk('fcTL', control));
    chunks.push(
      i === 0 ? chunk('IDAT', data) : chunk('fdAT', Buffer.concat([numbers([4, sequence++]), data])),
    );
  });
  return Buffer.concat([SIGNATURE, ...chunks, chunk('IEND', Buffer.alloc(0))]);
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Bytes of a pixel: red, green, blue. */
const PIXEL = 3;

/** Returns the pixels of a PNG with 8 bits a channel, in colour. */
function decode(png) {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const channels = { 2: 3, 6: 4 }[png[25]];
  const data = [];
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const raw = inflateSync(Buffer.concat(data));
  const stride = width * channels;
  const lines = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y += 1) unfilter(raw, y * (stride + 1), lines, y * stride, stride, channels, y);
  const pixels = Buffer.alloc(width * height * PIXEL);
  for (let i = 0; i < width * height; i += 1)
    lines.copy(pixels, i * PIXEL, i * channels, i * channels + PIXEL);
  return { width, height, pixels };
}

/** Undoes the filter of one line; PNG, section 9. */
function unfilter(raw, from, lines, to, stride, channels, y) {
  const filter = raw[from];
  for (let i = 0; i < stride; i += 1) {
    const left = i < channels ? 0 : lines[to + i - channels];
    const up = y === 0 ? 0 : lines[to + i - stride];
    const corner = i < channels || y === 0 ? 0 : lines[to + i - stride - channels];
    const predicted = [0, left, up, (left + up) >> 1, filter === 4 ? paeth(left, up, corner) : 0][filter];
    lines[to + i] = raw[from + 1 + i] + predicted;
  }
}

function paeth(left, up, corner) {
  const [a, b, c] = [left, up, corner].map((value) => Math.abs(left + up - corner - value));
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

/** Returns the rectangle in which two pictures differ; `undefined` if they are equal. */
function changed(before, { width, height, pixels }) {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y += 1) {
    const line = y * width * PIXEL;
    if (before.pixels.compare(pixels, line, line + width * PIXEL, line, line + width * PIXEL) === 0) continue;
    [top, bottom] = [Math.min(top, y), y];
    for (let i = 0; i < width * PIXEL; i += 1) {
      if (before.pixels[line + i] === pixels[line + i]) continue;
      const x = Math.floor(i / PIXEL);
      [left, right] = [Math.min(left, x), Math.max(right, x)];
    }
  }
  return bottom === -1 ? undefined : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

/** Compresses a rectangle of a picture: each line as the difference to the line above. */
function encode({ width, pixels }, rectangle) {
  const stride = rectangle.width * PIXEL;
  const lines = Buffer.alloc((stride + 1) * rectangle.height);
  for (let y = 0; y < rectangle.height; y += 1) {
    const from = ((rectangle.y + y) * width + rectangle.x) * PIXEL;
    lines[y * (stride + 1)] = 2;
    for (let i = 0; i < stride; i += 1) {
      const up = y === 0 ? 0 : pixels[from + i - width * PIXEL];
      lines[y * (stride + 1) + 1 + i] = pixels[from + i] - up;
    }
  }
  return deflateSync(lines, { level: 9 });
}

const header = ({ width, height }) =>
  numbers([4, width], [4, height], [1, 8], [1, 2], [1, 0], [1, 0], [1, 0]);

/** Writes numbers, each with its size in bytes. */
const numbers = (...parts) =>
  Buffer.concat(
    parts.map(([size, value]) => {
      const bytes = Buffer.alloc(size);
      bytes.writeUIntBE(value, 0, size);
      return bytes;
    }),
  );

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([numbers([4, data.length]), body, numbers([4, crc32(body)])]);
}
