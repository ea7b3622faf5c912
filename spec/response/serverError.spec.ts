import { isErrorAnswer, serverError } from '../../lib/response/serverError';

const asIs = (text: string): string => text;
const NO_WORDS = 'the server reports an error without a message';

describe('isErrorAnswer', () => {
  it.each([
    [{ error: { message: 'no' } }],
    [{ error: {} }],
    [{ error: 'no' }],
    [{ error: { code: 400 }, choices: [{ index: 0, delta: {} }] }],
    [{ object: 'error', message: 'no' }],
    [{ error: ['no'] }],
  ])('knows %j for an error', (json) => {
    expect(isErrorAnswer(json)).toBe(true);
  });

  it.each([
    [{ error: null, choices: [] }],
    [{ error: '' }],
    [{ error: false }],
    [{ error: 0 }],
    [{ choices: [], object: 'chat.completion.chunk' }],
    [{ message: 'no' }],
    [{}],
    [[]],
    ['error'],
    [null],
    [undefined],
    [7],
  ])('knows %j for none', (json) => {
    expect(isErrorAnswer(json)).toBe(false);
  });
});

describe('serverError', () => {
  it('says what the server says', () => {
    const frame = { error: { message: 'no call', type: 'invalid', code: 'tool_use_failed', param: 'tools' } };
    expect(serverError(frame, asIs).toJSON()).toEqual({
      _tag: 'ServerError',
      name: 'ServerError',
      message: 'no call',
      serverMessage: 'no call',
      code: 'tool_use_failed',
      type: 'invalid',
      param: 'tools',
      retryable: false,
    });
  });

  it('takes a text for its words', () => {
    expect(serverError('overloaded', asIs).message).toBe('overloaded');
  });

  it.each([[{ error: {} }], [{ error: { code: 500 } }], [''], [null]])('has words for %j, too', (json) => {
    expect(serverError(json, asIs).message).toBe(NO_WORDS);
  });

  it('hides secrets', () => {
    const hide = (text: string): string => text.replaceAll('sk-secret', '***');
    const error = serverError({ error: { message: 'the key sk-secret is bad' } }, hide);
    expect(error.message).toBe('the key *** is bad');
    expect(JSON.stringify(error)).not.toContain('sk-secret');
  });

  it.each([
    [429, true],
    ['429', true],
    [500, true],
    [502, true],
    ['503', true],
    [501, false],
    [599, true],
    [600, false],
    ['1500', false],
    [400, false],
    [499, false],
    [null, false],
    ['server_error', false],
    ['insufficient_quota', false],
  ])('with code %j is worth another attempt: %s', (code, retryable) => {
    expect(serverError({ error: { message: 'no', code } }, asIs).retryable).toBe(retryable);
  });
});
