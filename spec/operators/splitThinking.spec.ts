import fc from 'fast-check';
import { isRight, left, right } from 'fp-ts/Either';
import { map, NEVER, of, range, take, tap } from 'rxjs';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import type { Decoded } from '../../lib/decode/decode';
import { TruncatedError } from '../../lib/errors';
import { accumulateCompletion } from '../../lib/operators/accumulate/accumulateCompletion';
import { splitThinking, type SplitThinkingOptions } from '../../lib/operators/splitThinking';
import { toChatState } from '../../lib/state/toChatState';
import { anyChunks } from '../fold/chunks';
import { marbles } from '../helpers/marbles';
import { outcomeOf } from '../helpers/reads';
import { played, recordings } from '../helpers/recordings';
import { badJson, decoded, deltaOf, frames } from '../helpers/frames';

const lost = new TruncatedError();

/** A chunk with text of the first choice. */
const text = (content: string): Decoded<ChatCompletionChunk> => deltaOf({ content });
/** The same chunk with its text split into reasoning and content. */
const split = (reasoning: string, content = ''): Decoded<ChatCompletionChunk> =>
  deltaOf({ content, reasoning });
const nothing = text('');
const textChunk = (value: Decoded<ChatCompletionChunk> = left(badJson)): ChatCompletionChunk | undefined =>
  isRight(value) ? value.right : undefined;
/** A chunk with the finish reason and text. */
const finishing = (delta: object): Decoded<ChatCompletionChunk> =>
  decoded({ ...textChunk(frames.f), choices: [{ ...textChunk(frames.f)?.choices?.[0], delta }] });

describe('splitThinking', () => {
  it('moves the text between the tags to the reasoning', () => {
    const source = { a: text('<thi'), b: text('nk>Hm</think>'), c: text('\n\nHello'), f: frames.f };
    const values = { a: nothing, b: split('Hm'), c: text('Hello'), f: frames.f };
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a-b-c-f-|', source);
      const subs = '         ^--------!';
      const expected = '     -a-b-c-f-|';
      expectObservable(source$.pipe(splitThinking())).toBe(expected, values);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('passes through an answer without reasoning, and chunks without text', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -r-z-t-h-l-o-c-f-u-L-E-|', frames);
      const expected = '     -r-z-t-h-l-o-c-f-u-L-E-|';
      expectObservable(source$.pipe(splitThinking())).toBe(expected, frames);
    });
  });

  it('passes through the same chunk objects when it changes nothing', () => {
    const source = [frames.r, frames.h, frames.l, frames.f, frames.u];
    const { values } = outcomeOf(of(...source).pipe(splitThinking()));
    expect(values).toHaveLength(source.length);
    values.forEach((value, i) => expect(textChunk(value)).toBe(textChunk(source[i])));
  });

  it('splits a chunk with both, its finish reason, and unknown fields', () => {
    const fields = { index: 0, delta: { role: 'assistant', own: 1 }, finish_reason: 'stop', logprobs: null };
    const chunk = (delta: object): Decoded<ChatCompletionChunk> =>
      decoded({ id: 'x', choices: [{ ...fields, delta: { ...fields.delta, ...delta } }], own: 2 });
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -a-|', { a: chunk({ content: '<think>Hm</think>Hello' }) });
      const expected = '     -a-|';
      expectObservable(source$.pipe(splitThinking())).toBe(expected, {
        a: chunk({ content: 'Hello', reasoning: 'Hm' }),
      });
    });
  });

  it('emits the text it holds back with the finish reason', () => {
    const source = { a: text('<think>Hm </th'), f: frames.f };
    const finish = finishing({ content: '', reasoning: '</th' });
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -a-f-|', source);
      const expected = '     -a-f-|';
      expectObservable(source$.pipe(splitThinking())).toBe(expected, { a: split('Hm '), f: finish });
    });
  });

  it('holds it back at a finish reason that only names the lack of one', () => {
    const notEnded = (delta: object): Decoded<ChatCompletionChunk> =>
      decoded({ choices: [{ index: 0, delta, finish_reason: 'null' }] });
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -a-b-|', {
        a: notEnded({ content: '<thi' }),
        b: notEnded({ content: 'nk>Hm' }),
      });
      const expected = '     -a-b-|';
      expectObservable(source$.pipe(splitThinking())).toBe(expected, {
        a: notEnded({ content: '' }),
        b: notEnded({ content: '', reasoning: 'Hm' }),
      });
    });
  });

  it('emits it as content when no reasoning has begun', () => {
    const finish = finishing({ content: '\n<' });
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -a-f-|', { a: text('\n<'), f: frames.f });
      const expected = '     -a-f-|';
      expectObservable(source$.pipe(splitThinking())).toBe(expected, { a: nothing, f: finish });
    });
  });

  it('emits it before the completion without a finish reason', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -a--|   ', { a: text('<thin') });
      const expected = '     -a--(b|)';
      expectObservable(source$.pipe(splitThinking())).toBe(expected, { a: nothing, b: text('<thin') });
    });
  });

  it('emits it before an error', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -a--#   ', { a: text('<think>Hm<') }, lost);
      const expected = '     -a--(b#)';
      expectObservable(source$.pipe(splitThinking())).toBe(expected, { a: split('Hm'), b: split('<') }, lost);
    });
  });

  it('emits nothing when it is unsubscribed', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a---b', { a: text('<thin'), b: text('k>') });
      const unsub = '        ^--!  ';
      expectObservable(source$.pipe(splitThinking()), unsub).toBe('-a', { a: nothing });
      expectSubscriptions(source$.subscriptions).toBe(unsub);
    });
  });

  it('completes, errors and waits as its source does', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<never>('--|').pipe(splitThinking())).toBe('--|');
      expectObservable(cold<never>('--#', undefined, lost).pipe(splitThinking())).toBe(
        '--#',
        undefined,
        lost,
      );
      expectObservable(NEVER.pipe(splitThinking())).toBe('-');
    });
  });

  it('continues after a chunk that cannot be decoded', () => {
    const source = { a: text('<thi'), b: text('nk>Hm</think>Hello'), L: left(badJson) };
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -a-L-b-|', source);
      const expected = '     -a-L-b-|';
      const values = { a: nothing, b: split('Hm', 'Hello'), L: source.L };
      expectObservable(source$.pipe(splitThinking())).toBe(expected, values);
    });
  });

  it('keeps two choices apart, by place when they have no index', () => {
    const both = (one: object, two: object): Decoded<ChatCompletionChunk> =>
      decoded({ choices: [{ delta: one }, { delta: two }] });
    const source = {
      a: both({ content: '<think>Hm' }, { content: 'Hello <think>' }),
      b: both({ content: '</think>Yes' }, { content: ' and' }),
      c: decoded({ choices: [{ index: 1, delta: { content: '</think>' } }] }),
    };
    const values = {
      a: both({ content: '', reasoning: 'Hm' }, { content: 'Hello <think>' }),
      b: both({ content: 'Yes' }, { content: ' and' }),
      c: source.c,
    };
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -a-b-c-|', source);
      const expected = '     -a-b-c-|';
      expectObservable(source$.pipe(splitThinking())).toBe(expected, values);
    });
  });

  it('emits the text it holds back for every choice', () => {
    const two = (one: string, two: string): Decoded<ChatCompletionChunk> =>
      decoded({ choices: [one, two].map((content, index) => ({ index, delta: { content } })) });
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -a-|   ', { a: two('<th', ' ') });
      const expected = '     -a-(b|)';
      expectObservable(source$.pipe(splitThinking())).toBe(expected, { a: two('', ''), b: two('<th', ' ') });
    });
  });

  it('resets at a restart', () => {
    const source = { a: text('<think>Hm'), R: frames.R, h: frames.h };
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -a-R-a-R-h-|', source);
      const expected = '     -a-R-a-R-h-|';
      expectObservable(source$.pipe(splitThinking())).toBe(expected, { ...source, a: split('Hm') });
    });
  });

  it('starts over for each subscriber', () => {
    const source = { a: text('<think>Hm'), b: text('so') };
    const values = { a: split('Hm'), b: split('so') };
    marbles(({ cold, expectObservable }) => {
      const result$ = cold(' -a--b-|', source).pipe(splitThinking());
      expectObservable(result$).toBe('       -a--b-|   ', values);
      expectObservable(result$, '---^').toBe('----a--b-|', values);
    });
  });

  it('needs no opening tag with `startsInside`', () => {
    const source = { a: text('\nHm'), b: text('</think>'), c: text('Hello') };
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -a-b-c-|', source);
      const expected = '     -a-b-c-|';
      const values = { a: split('Hm'), b: nothing, c: text('Hello') };
      expectObservable(source$.pipe(splitThinking({ startsInside: true }))).toBe(expected, values);
    });
  });

  it.each<SplitThinkingOptions>([
    { open: '◁think▷', close: '◁/think▷' },
    { open: '[THINK]', close: '[/THINK]' },
    { open: '<seed:think>', close: '</seed:think>' },
  ])('supports other tags: %p', (options) => {
    const { open, close } = options;
    const { values } = outcomeOf(of(text(`${open}Hm${close}Hello`)).pipe(splitThinking(options)));
    expect(values).toEqual([split('Hm', 'Hello')]);
  });

  it.each([
    ['reasoning', { reasoning: 'So. ' }],
    ['reasoning_content', { reasoning_content: 'So. ' }],
  ])('appends to the %s that a chunk already has', (_, own) => {
    const source$ = of(deltaOf({ ...own, content: '<think>Hm</think>Hello' }));
    const { values } = outcomeOf(source$.pipe(splitThinking(), toChatState()));
    expect(values.at(-1)).toMatchObject({ reasoning: 'So. Hm', content: 'Hello' });
  });

  it('passes through text in parts, and everything after it', () => {
    const parts = deltaOf({ content: [{ type: 'text', text: '<think>' }] });
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -r-e-p-a-|', {
        ...frames,
        e: deltaOf({ content: [] }),
        p: parts,
        a: text('<think>'),
      });
      const expected = '     -r-e-p-a-|';
      const values = { r: frames.r, e: deltaOf({ content: [] }), p: parts, a: text('<think>') };
      expectObservable(source$.pipe(splitThinking())).toBe(expected, values);
    });
  });

  it('treats an empty list of parts as no text', () => {
    const source = { e: deltaOf({ content: [] }), a: text('<think>Hm') };
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -e-a-|', source);
      const expected = '     -e-a-|';
      expectObservable(source$.pipe(splitThinking())).toBe(expected, { e: source.e, a: split('Hm') });
    });
  });

  it('emits the text it holds back before text in parts', () => {
    const part = { type: 'text', text: 'b' };
    const source = { a: text('<'), p: deltaOf({ content: [part] }) };
    const values = { a: nothing, p: deltaOf({ content: [{ type: 'text', text: '<' }, part] }) };
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -a-p-|', source);
      const expected = '     -a-p-|';
      expectObservable(source$.pipe(splitThinking())).toBe(expected, values);
    });
  });

  it('continues after a second finish reason', () => {
    const source = { a: text('<think>Hm'), f: frames.f, b: text('</think>Hello') };
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -a-f-b-f-|', source);
      const expected = '     -a-f-b-f-|';
      const values = { a: split('Hm'), f: frames.f, b: text('Hello') };
      expectObservable(source$.pipe(splitThinking())).toBe(expected, values);
    });
  });

  it('splits a text the same way wherever chunks cut it', () => {
    const full = '<think>\nHm < 3 </thi\n</think>\n\nThe <b>answer</b> is </think>.';
    fc.assert(
      fc.property(fc.array(fc.nat(full.length), { maxLength: 20 }), fc.boolean(), (places, finishes) => {
        const ends = [...places, full.length].sort((a, b) => a - b);
        const chunks = ends.map((end, i) => text(full.slice(i === 0 ? 0 : ends[i - 1], end)));
        const source$ = of(...chunks, ...(finishes ? [frames.f] : []));
        const { values } = outcomeOf(source$.pipe(splitThinking(), toChatState()));
        expect(values.at(-1)).toMatchObject({
          reasoning: 'Hm < 3 </thi\n',
          content: 'The <b>answer</b> is </think>.',
        });
      }),
    );
  });

  it('splits recorded answers', () => {
    for (const recording of recordings.filter(({ expect: { content } }) => content.startsWith('<think>'))) {
      const [, reasoning = '', content = ''] =
        /^<think>\s*([^]*?)(?:<\/think>\s*([^]*))?$/.exec(recording.expect.content) ?? [];
      const { values } = outcomeOf(
        chatCompletion$({ transport: () => played(recording) }, { model: 'any', messages: [] }).pipe(
          splitThinking(),
          toChatState(),
        ),
      );
      expect(values.at(-1)).toMatchObject({ status: 'done', reasoning, content });
    }
  });

  it('accepts any chunk, and mutates nothing', () => {
    fc.assert(
      fc.property(anyChunks, fc.boolean(), (chunks, startsInside) => {
        const source$ = of(...chunks.map((chunk) => right(chunk)));
        const { end } = outcomeOf(source$.pipe(splitThinking({ startsInside }), accumulateCompletion()));
        expect(end).toBe('complete');
      }),
    );
  });

  it('stops a synchronous source as soon as it is unsubscribed', () => {
    const seen: number[] = [];
    range(1, 9)
      .pipe(
        tap((n) => seen.push(n)),
        map(() => frames.h),
        splitThinking(),
        take(2),
      )
      .subscribe();
    expect(seen).toEqual([1, 2]);
  });
});
