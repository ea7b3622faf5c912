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
});
