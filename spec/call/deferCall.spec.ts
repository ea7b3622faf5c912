import { of } from 'rxjs';

import type { ChatConfig } from '../../lib/call/config';
import { deferCall } from '../../lib/call/deferCall';
import { RequestError } from '../../lib/errors';

describe('deferCall', () => {
  it('passes the config, and the number of each subscription, from 1', () => {
    const numbers: number[] = [];
    const config = { baseURL: 'https://llm.example.com/v1' };
    const create = jest.fn((_: ChatConfig, attempt: number) => of(attempt));
    const call$ = deferCall(config, create);
    expect(create).not.toHaveBeenCalled();
    for (const each$ of [call$, call$, deferCall(config, create)]) {
      each$.subscribe((attempt) => numbers.push(attempt));
    }
    expect(numbers).toEqual([1, 2, 1]);
    expect(create).toHaveBeenCalledWith(config, 2);
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['undefined', undefined],
    ['string', 'https://llm.example.com/v1'],
    ['url', new URL('https://llm.example.com/v1')],
    ['promise', Promise.resolve({ baseURL: 'https://llm.example.com/v1' })],
    ['array', [{}]],
    ['function', () => ({})],
  ])('errors for a config that JavaScript allows, and creates no call: %s', (kind, config) => {
    const create = jest.fn(() => of(1));
    const onError = jest.fn();
    deferCall(config as ChatConfig, create).subscribe({ error: onError });
    expect(onError).toHaveBeenCalledWith(
      new RequestError(`config must be an object, not ${kind}: pass {} for Ollama`),
    );
    expect(create).not.toHaveBeenCalled();
  });
});
