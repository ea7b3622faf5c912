import { RequestError } from '../../lib/errors';
import { DEFAULT_BASE_URL, publicUrl, urlOf, withoutQuery } from '../../lib/request/url';
import { comparable } from '../helpers/marbles';
import { NativeURL } from '../helpers/NativeURL';
import { withGlobals } from '../helpers/withGlobals';

const PATH = '/chat/completions';

/** Runs a function as in a browser, in a page. */
const onPage = <T>(href: string, run: () => T): T => withGlobals({ location: { href } }, run);

/** Returns the thrown error as plain data. */
function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return comparable(error);
  }
  return 'nothing';
}

const requestError = (message: string): unknown => comparable(new RequestError(message));

describe('urlOf', () => {
  it.each([
    [DEFAULT_BASE_URL, 'http://localhost:11434/v1/chat/completions'],
    ['https://api.example.com/v1', 'https://api.example.com/v1/chat/completions'],
    ['https://api.example.com/v1/', 'https://api.example.com/v1/chat/completions'],
    ['https://api.example.com/v1///', 'https://api.example.com/v1/chat/completions'],
    ['https://api.example.com', 'https://api.example.com/chat/completions'],
    ['https://api.example.com/', 'https://api.example.com/chat/completions'],
    [' https://api.example.com/v1\n', 'https://api.example.com/v1/chat/completions'],
    ['HTTP://API.example.com/v1', 'HTTP://API.example.com/v1/chat/completions'],
    ['http://[::1]:8080/v1', 'http://[::1]:8080/v1/chat/completions'],
  ])('appends the path to %j', (base, url) => {
    expect(urlOf(base, PATH)).toBe(url);
  });

  it.each([
    [
      'https://x.example/openai?api-version=2026-01',
      'https://x.example/openai/chat/completions?api-version=2026-01',
    ],
    [
      'https://x.example/openai/?api-version=1&a=/b/',
      'https://x.example/openai/chat/completions?api-version=1&a=/b/',
    ],
    ['https://x.example/v1?a=1?b=2', 'https://x.example/v1/chat/completions?a=1?b=2'],
    ['https://x.example/v1?a=1#part', 'https://x.example/v1/chat/completions?a=1'],
    ['https://x.example/v1#part?no=query', 'https://x.example/v1/chat/completions'],
  ])('inserts the path before the query of %j', (base, url) => {
    expect(urlOf(base, PATH)).toBe(url);
  });

  it('takes no URL apart, which React Native before 0.80 cannot', () => {
    withGlobals({ URL: NativeURL }, () => {
      expect(urlOf('http://10.0.2.2:11434/v1', PATH)).toBe('http://10.0.2.2:11434/v1/chat/completions');
      expect(thrownBy(() => urlOf('/v1', PATH))).toEqual(
        requestError('baseURL must begin with http:// or https://, or be relative in a page'),
      );
      expect(thrownBy(() => urlOf('https://user:password@x.example/v1', PATH))).toEqual(
        requestError('baseURL must not contain a user name or password: put them in headers'),
      );
    });
  });

  it('accepts a relative URL in a page', () => {
    onPage('https://app.example/chat/', () => {
      expect(urlOf('/api/v1/', PATH)).toBe('/api/v1/chat/completions');
      expect(urlOf('api?x=1', PATH)).toBe('api/chat/completions?x=1');
      expect(urlOf('', PATH)).toBe('/chat/completions');
      expect(urlOf('https://api.example.com/v1', PATH)).toBe('https://api.example.com/v1/chat/completions');
    });
  });

  it.each(['/api/v1', 'api', '', '   ', '//api.example.com/v1', '?key=sk-secret'])(
    'rejects %j outside of a page',
    (base) => {
      const message = 'baseURL must begin with http:// or https://, or be relative in a page';
      expect(thrownBy(() => urlOf(base, PATH))).toEqual(requestError(message));
    },
  );

  it.each(['http://', 'http://:80', 'https://a b/v1', 'http://x:99999/v1', 'http://[::1/v1'])(
    'rejects %j, which is not a URL',
    (base) => {
      expect(thrownBy(() => urlOf(base, PATH))).toEqual(
        requestError('baseURL is not a valid URL: check its host and port'),
      );
    },
  );

  it.each([
    'ftp://x.example/v1',
    'file:///v1',
    'ws://x.example/v1',
    'localhost:11434/v1',
    'javascript:alert(1)//',
  ])('rejects %j, which fetch cannot call', (base) => {
    const message = 'baseURL must begin with http:// or https://, or be relative in a page';
    expect(thrownBy(() => urlOf(base, PATH))).toEqual(requestError(message));
  });

  it('rejects a relative URL in a page of another protocol', () => {
    const message = 'baseURL must begin with http:// or https://, or be relative in a page';
    expect(onPage('file:///index.html', () => thrownBy(() => urlOf('/v1', PATH)))).toEqual(
      requestError(message),
    );
  });

  it.each([
    'https://user:sk-secret@x.example/v1',
    'https://sk-secret@x.example/v1',
    'https://:sk-secret@x.example/v1',
    'http://sk-secret:@/v1',
    'https://x.example:sk-secret/v1',
    'https://a b/v1?key=sk-secret',
  ])('rejects %j without quoting its secret', (base) => {
    const thrown = thrownBy(() => urlOf(base, PATH));
    expect(thrown).toMatchObject({
      _tag: 'RequestError',
      message: expect.stringMatching(/^baseURL (must not contain|is not)/) as string,
    });
    expect(JSON.stringify(thrown)).not.toContain('sk-secret');
  });
});

describe('withoutQuery', () => {
  it.each([
    ['https://x.example/v1?key=sk-secret', 'https://x.example/v1'],
    ['https://x.example/v1#sk-secret', 'https://x.example/v1'],
    ['https://x.example/v1?a\nb', 'https://x.example/v1'],
    ['/api/v1?x', '/api/v1'],
    ['https://x.example/v1', 'https://x.example/v1'],
  ])('reduces %j to %j', (url, expected) => {
    expect(withoutQuery(url)).toBe(expected);
  });
});

describe('publicUrl', () => {
  it.each([
    ['https://x.example/sk-abcdefg1/v1?a=b', 'https://x.example/***/v1'],
    ['/api/hf_abcdefgh12/v1', '/api/***/v1'],
    ['https://x.example/v1/0123456789abcdef0123456789abcdef/openai', 'https://x.example/v1/***/openai'],
    ['https://x.example/u/AIzaSyA1234567890abcdefgh', 'https://x.example/u/***'],
    ['https://x.example/sk-abcdefg1/sk-abcdefg2/v1', 'https://x.example/***/***/v1'],
    ['https://x.example/sk-abcdefg1/sk-abcdefg12/v1', 'https://x.example/***/***/v1'],
  ])('reduces %j to %j', (url, expected) => {
    expect(publicUrl(url)).toBe(expected);
  });

  it.each([
    'http://localhost:11434/v1/chat/completions',
    'https://a1b2c3d4e5f6g7h8i9j0k1.example/v1',
    'https://x.example/openai/deployments/gpt-4o-mini-2024-07-18/chat/completions',
    'https://x.example/hf-inference/models/Meta-Llama-3.1-70B-Instruct/v1',
    'https://x.example/v1/projects/123456789012345678901234/internationalizationservice',
  ])('does not change %j', (url) => {
    expect(publicUrl(url)).toBe(url);
  });
});
