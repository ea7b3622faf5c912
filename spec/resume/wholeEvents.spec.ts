import { concat, NEVER, of } from 'rxjs';

import { defaultLimits } from '../../lib/transport/limits';
import { wholeEvents, type Place } from '../../lib/resume/wholeEvents';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

describe('wholeEvents', () => {
  it('keeps half an event for its own subscription only', () => {
    const reads = ['data: a\n\nda', 'ta: b\n\nda'].map((text) => encoder.encode(text));
    const place: Place = { lastId: '', retryMs: 0, isEnded: false };
    const whole$ = concat(of(...reads), NEVER).pipe(wholeEvents(place, defaultLimits));
    const received = [1, 2].map(() => {
      let text = '';
      whole$
        .subscribe({ next: (bytes) => (text += decoder.decode(bytes)), error: () => undefined })
        .unsubscribe();
      return text;
    });
    expect(received).toEqual(['data: a\n\ndata: b\n\n', 'data: a\n\ndata: b\n\n']);
  });

  it('completes after the end of an answer, whatever follows it', () => {
    const place: Place = { lastId: '', retryMs: 0, isEnded: false };
    const failed = jest.fn();
    of(encoder.encode('data: [DONE]\n\ndata: more\n\n'))
      .pipe(wholeEvents(place, defaultLimits))
      .subscribe({ error: failed });
    expect(failed).not.toHaveBeenCalled();
    expect(place.isEnded).toBe(true);
  });

  const passed = (lastId: string, body: string): string => {
    const place: Place = { lastId, retryMs: 0, isEnded: false };
    let text = '';
    concat(of(encoder.encode(body)), NEVER)
      .pipe(wholeEvents(place, defaultLimits))
      .subscribe((bytes) => (text += decoder.decode(bytes)))
      .unsubscribe();
    return text;
  };
  const events = (...ids: readonly (number | string)[]): string =>
    ids.map((id) => `id: ${id}\ndata: ${id}\n\n`).join('');

  it.each<[string, string, string, string]>([
    ['all events again', '3', events(1, 2, 3, 4, 5), events(4, 5)],
    ['the last event again', '3', events(3, 4), events(4)],
    ['only events that it has', '3', events(1, 2), ':\n\n'],
    ['the next events', '3', events(4, 5), events(4, 5)],
    ['an event without an id after those', '3', `${events(3)}data: e\n\n`, 'data: e\n\n'],
    ['events without ids', '3', 'data: 1\n\ndata: 2\n\n', 'data: 1\n\ndata: 2\n\n'],
    ['a lower id after a new event', '3', events(4, 1), events(4, 1)],
    ['ids without an order', 'b', events('a', 'c'), events('a', 'c')],
    ['an event without an id that resets it', '3', `${events(1)}id:\ndata: e\n\n`, 'data: e\n\n'],
    [
      'ids too long for a number',
      `${'9'.repeat(16)}1`,
      events(`${'9'.repeat(16)}2`),
      events(`${'9'.repeat(16)}2`),
    ],
    ['the first events', '', events(0, 1), events(0, 1)],
    ['a reconnection time', '3', 'retry: 20\nid: 4\ndata: 4\n\n', 'id: 4\nretry: 20\ndata: 4\n\n'],
  ])('passes on no event that the reader has, given %s', (_, lastId, body, expected) => {
    expect(passed(lastId, body)).toBe(expected);
  });
});
