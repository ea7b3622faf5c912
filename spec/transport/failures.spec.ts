import * as inAnyRuntime from '../../lib/transport/failures';
import * as inBrowser from '../../lib/transport/failures.browser';

const reasonIn = (
  { mistakeIn, breakIn }: Pick<typeof inBrowser, 'mistakeIn' | 'breakIn'>,
  message: string,
): string | undefined => (mistakeIn(message) ?? breakIn(message))?.[1];

describe('The failures in the bundle of a browser', () => {
  it.each([
    'Failed to fetch',
    'network error',
    'NetworkError when attempting to fetch resource.',
    'Error in body stream',
    'Window.fetch: http:// is not a valid URL.',
    'Load failed',
    'The network connection was lost.',
    'Could not connect to the server.',
    'URL is not valid or contains user credentials.',
  ])('are those of all runtimes for %j', (message) => {
    expect(reasonIn(inBrowser, message)).toBe(reasonIn(inAnyRuntime, message));
  });

  it('have the functions of those of all runtimes', () => {
    expect(Object.keys(inBrowser)).toEqual(expect.arrayContaining(Object.keys(inAnyRuntime)));
  });

  it('include neither a timeout nor a code of a system', () => {
    const cause = Object.assign(new Error('Headers Timeout Error'), { code: 'UND_ERR_HEADERS_TIMEOUT' });
    const error = new TypeError('fetch failed', { cause });
    expect(inAnyRuntime.headTimeout(error)).toMatchObject({ _tag: 'ChatTimeoutError', phase: 'head' });
    expect(inBrowser.headTimeout(error)).toBeUndefined();
    expect(inAnyRuntime.hintForCode('ECONNREFUSED', true)).toContain('ollama serve');
    expect(inBrowser.hintForCode('ECONNREFUSED', true)).toBeUndefined();
  });
});
