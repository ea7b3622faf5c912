import { EMPTY, lastValueFrom, map, of, Subject, tap, throwError, toArray } from 'rxjs';

import type { Verdict } from '../../../lib/tools/RunToolsOptions';
import { runTools$ } from '../../../lib/tools/runTools';
import type { RunToolsOptions } from '../../../lib/tools/RunToolsOptions';
import type { AnyTool } from '../../../lib/tools/tool';
import { marbles } from '../../helpers/marbles';
import { calling, sends } from '../../helpers/toolEvents';
import {
  afterTurn,
  answered,
  briefly,
  l,
  repliesIn,
  request,
  runs,
  t$,
  taking,
  w,
  withoutInput,
} from '../../helpers/toolRuns';

describe('runTools$: approval', () => {
  const asking = (name: string, run: AnyTool['run'] = () => of(7)): AnyTool =>
    taking(name, run, { needsApproval: true });

  it.each<[string, RunToolsOptions['approve'], string[]]>([
    ['yes', () => of(true), ['w may', 'w: 7', 'w = 7']],
    ['yes, at once', () => true, ['w may', 'w: 7', 'w = 7']],
    ['no, at once', () => false, ['w ! ToolDenied']],
    ['no value', () => undefined as unknown as boolean, ['w ! ToolDenied']],
    ['a list', () => [true] as unknown as boolean, ['w ! ToolDenied']],
    ['no', () => of(false), ['w ! ToolDenied']],
    ['no, with a reason', () => of({ deny: 'not today' }), ['w ! ToolDenied']],
    ['nothing', () => EMPTY, ['w ! ToolDenied']],
    ['the null of a dialog', () => of(null as unknown as boolean), ['w ! ToolDenied']],
    ['the first of many', () => of(true, false), ['w may', 'w: 7', 'w = 7']],
    ['what is neither', () => of('yes' as unknown as boolean), ['w ! ToolDenied']],
    ['an error', () => throwError(() => new Error('no dialog')), ['w ! ToolFailed']],
  ])('does what it is told: %s', (_, approve, then) => {
    runs(runTools$(sends(of(...calling(w)), t$), request, [asking('w')], { approve }), [
      ...afterTurn,
      'w?',
      'w may?',
      ...then,
      ...answered,
    ]);
  });

  it.each([
    ['Not today.', ' Reason: Not today.'],
    ['', ''],
  ])('sends the reason of a denial to the model: %j', async (deny, told) => {
    const send = sends(of(...calling(w)), t$);
    await lastValueFrom(runTools$(send, request, [asking('w')], { approve: () => of({ deny }) }));
    expect(repliesIn(send.requests[1]?.messages)).toEqual([
      `The user did not allow this call, so it was not run.${told}`,
    ]);
  });

  it('is requested if the input requires it', () => {
    const remove = taking('w', () => of(7), {
      needsApproval: ({ all }: { readonly all?: boolean }) => all === true,
    });
    const send = sends(of(...calling(w, { name: 'w', arguments: { all: true } })), t$);
    runs(runTools$(send, request, [remove]), [
      'ask 1',
      'chunk',
      'chunk',
      'chunk',
      'end 1',
      'w?',
      'w: 7',
      'w = 7',
      'w?',
      'w may?',
      'w ! ToolDenied',
      ...answered,
    ]);
  });

  it('is requested for several calls at once, each with its own decision', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const yes$ = cold('          ------y', { y: true });
      const no$ = cold('           --n', { n: false });
      const whileYes = '           ^-----!';
      const whileNo = '            ^-!';
      const event$ = runTools$(sends(of(...calling(w, l)), t$), request, [asking('w'), asking('l')], {
        approve: ({ name }) => (name === 'w' ? yes$ : no$),
      });
      expectObservable(
        event$.pipe(
          briefly(),
          toArray(),
          map((all) => all.slice(9)),
        ),
      ).toBe('------(a|)', {
        a: ['l ! ToolDenied', 'w may', 'w: 7', 'w = 7', ...answered],
      });
      expectSubscriptions(yes$.subscriptions).toBe(whileYes);
      expectSubscriptions(no$.subscriptions).toBe(whileNo);
    });
  });

  it('may follow its event in the same tick', () => {
    const decision$ = new Subject<boolean>();
    const event$ = runTools$(sends(of(...calling(w)), t$), request, [asking('w')], {
      approve: () => decision$,
    });
    const decided$ = event$.pipe(
      tap(({ type }) => {
        if (type === 'tool-approval') decision$.next(true);
      }),
    );
    runs(decided$, [...afterTurn, 'w?', 'w may?', 'w may', 'w: 7', 'w = 7', ...answered]);
    expect(decision$.observed).toBe(false);
  });

  it('counts once, even if it repeats in the same tick', () => {
    const decision$ = new Subject<Verdict>();
    const event$ = runTools$(sends(of(...calling(w)), t$), request, [asking('w')], {
      approve: () => decision$,
    });
    const decided$ = event$.pipe(
      tap(({ type }) => {
        if (type !== 'tool-approval') return;
        for (const verdict of [false, true, 'suspend'] as const) decision$.next(verdict);
      }),
    );
    runs(decided$, [...afterTurn, 'w?', 'w may?', 'w ! ToolDenied', ...answered]);
  });

  it('counts towards `concurrency`', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const yes$ = cold('    ---y', { y: true });
      const event$ = runTools$(sends(of(...calling(w, w)), t$), request, [asking('w')], {
        concurrency: 1,
        approve: () => yes$,
      });
      expectObservable(
        event$.pipe(
          withoutInput(),
          toArray(),
          map(({ length }) => length),
        ),
      ).toBe('------(n|)', { n: 20 });
      expectSubscriptions(yes$.subscriptions).toBe(['^--!', '---^--!']);
    });
  });

  it('may be the method of an instance of a class, as all options', () => {
    class Options implements RunToolsOptions {
      readonly #verdict = true;
      readonly #text = 'out of order';
      approve(): boolean {
        return this.#verdict;
      }
      onToolError(): string {
        return this.#text;
      }
    }
    const failing = asking('w', () => throwError(() => new Error('broken')));
    const send = sends(of(...calling(w)), t$);
    runs(runTools$(send, request, [failing], new Options()), [
      ...afterTurn,
      'w?',
      'w may?',
      'w may',
      'w ! ToolFailed',
      ...answered,
    ]);
    expect(repliesIn(send.requests[1]?.messages)).toEqual(['out of order']);
  });
});
