import { ProtocolError } from 'rxjs-chat-completions';

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
});
