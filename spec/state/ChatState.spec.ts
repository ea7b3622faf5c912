import fc from 'fast-check';
import { isRight } from 'fp-ts/Either';

import { addContent } from '../../lib/fold/content';
import { addReasoning } from '../../lib/fold/reasoning';
import { TruncatedError } from '../../lib/errors';
import { addToState, endState, failState, waiting } from '../../lib/state/ChatState';
import { frames } from '../helpers/frames';

const chunks = Object.values(frames).flatMap((decoded) => (isRight(decoded) ? [decoded.right] : []));

describe('addToState', () => {
  it('accepts chunks and marks in any order, for any choice', () => {
    const property = fc.property(fc.array(fc.constantFrom(...chunks)), fc.nat(2), (order, choice) => {
      const { state } = order.reduce((progress, chunk) => addToState(progress, chunk, { choice }), waiting);
      expect(state).toMatchObject({
        content: order.reduce((text, chunk) => addContent(text, chunk, { choice }), ''),
        reasoning: order.reduce((text, chunk) => addReasoning(text, chunk, { choice }), ''),
        error: null,
      });
      expect(['waiting', 'streaming']).toContain(state.status);
    });
    fc.assert(property);
  });

  it('mutates no progress', () => {
    const property = fc.property(fc.array(fc.constantFrom(...chunks)), (order) => {
      order.reduce((progress, chunk) => {
        const before = structuredClone(progress.state);
        const after = addToState(progress, chunk);
        expect(progress.state).toEqual(before);
        return after;
      }, waiting);
    });
    fc.assert(property);
  });

  it('is stopped without chunks', () => {
    expect(endState(waiting).status).toBe('stopped');
    expect(failState(waiting, new TruncatedError())).toMatchObject({ status: 'failed', content: '' });
    expect(waiting.state.status).toBe('waiting');
  });
});
