import { catchError, firstValueFrom, of } from 'rxjs';
import { models$, ProtocolError } from 'rxjs-chat-completions';

import { describeError } from '../../examples/chat/describeError';

describe('describeError', () => {
  it.each([
    [
      'the response is not what was requested, but a web page: Sign in; check baseURL',
      'The response is not what was requested, but a web page: Sign in; check the base URL',
    ],
    [
      'the server redirects to http://gpu/login; check baseURL, or sign in',
      'The server redirects to http://gpu/login; check the base URL, or sign in',
    ],
  ])('states once that a response is not an answer: %s', (message, line) => {
    expect(describeError(new ProtocolError(message))).toBe(line);
  });

  it('leaves out what holds in a page only', async () => {
    const failed$ = models$({ baseURL: 'localhost:8080/v1' }).pipe(
      catchError((error: unknown) => of(describeError(error))),
    );
    expect(await firstValueFrom(failed$)).toBe('The base URL must begin with http:// or https://');
  });
});
