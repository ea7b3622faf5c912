import fc from 'fast-check';

import { emptyScan, isJson, scanJson, type JsonScan } from '../../lib/fold/jsonScan';
import '../helpers/properties';

const parses = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** Scans a text that grows up to each of these places. */
function scanned(text: string, places: readonly number[]): JsonScan {
  const ends = [...places.map((place) => place % (text.length + 1)), text.length].sort((a, b) => a - b);
  return ends.reduce((scan, end) => scanJson(scan, text.slice(0, end), text.slice(scan.end, end)), emptyScan);
}

const text = fc.oneof(
  fc.json({ maxDepth: 3 }).filter(({ length }) => length < 60),
  fc.json({ maxDepth: 2 }).map((json) => json.slice(0, -1)),
  fc.string({
    unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', ' ', 'a', '1', 'null'),
    maxLength: 12,
  }),
);

describe('scanJson', () => {
  it('agrees with JSON.parse, wherever the text is cut', () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(), { maxLength: 6 }), (text, places) => {
        expect(isJson(scanned(text, places), text)).toBe(parses(text));
      }),
      { numRuns: 3_000 },
    );
  });

  it('is plain data that can be stored between two fragments', () => {
    const [start, end] = ['{"a":"\\', '"}"}'];
    const stored = JSON.parse(JSON.stringify(scanJson(emptyScan, start))) as JsonScan;
    expect(isJson(scanJson(stored, start + end, end), start + end)).toBe(true);
  });

  it.each(['', ' ', '{}}', '{}{}', '{} 1', '1'.repeat(65), '"a" "b"'])('is not JSON: %j', (text) => {
    expect(isJson(scanJson(emptyScan, text), text)).toBe(false);
  });
});
