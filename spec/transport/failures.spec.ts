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
    "Failed to execute 'fetch' on 'Window': Failed to parse URL from http://",
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
});
