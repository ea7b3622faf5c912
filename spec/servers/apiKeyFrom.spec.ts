import { RequestError } from '../../lib/errors';
import { apiKeyFrom } from '../../lib/servers/apiKeyFrom';
import { groq } from '../../lib/servers/groq';
import { lmStudio } from '../../lib/servers/lmStudio';

describe('apiKeyFrom', () => {
  it('returns the first variable that is set', () => {
    const server = { profile: { name: 'x', keyNames: ['A', 'B', 'C'] } };
    expect(apiKeyFrom(server, { B: '2', C: '3' })).toBe('2');
    expect(apiKeyFrom(server, { A: '', C: '3' })).toBe('3');
  });

  it('returns the value without blanks around it', () => {
    expect(apiKeyFrom(groq, { GROQ_API_KEY: ' key\r\n' })).toBe('key');
  });

  it.each([undefined, null, {}, { GROQ_API_KEY: ' ' }])('throws for the environment %j', (env) => {
    expect(() => apiKeyFrom(groq, env as never)).toThrow(
      new RequestError('GROQ_API_KEY is not set: set it to the API key of groq'),
    );
  });

  it('returns no value that is not text, as bundlers have them', () => {
    const server = { profile: { name: 'x', keyNames: ['A', 'B', 'C'] } };
    expect(apiKeyFrom(server, { A: true, B: 5, C: '3' } as never)).toBe('3');
  });

  it('names the variable that is missing, and shows no other', () => {
    expect(() => apiKeyFrom(groq, { OPENAI_API_KEY: 'sk-of-another' })).toThrow(
      new RequestError('GROQ_API_KEY is not set: set it to the API key of groq'),
    );
  });

  it.each([undefined, null, {}, { profile: null }, { profile: {} }, 'groq'])(
    'throws for %j in place of a server',
    (server) => {
      expect(() => apiKeyFrom(server as never, { GROQ_API_KEY: 'key' })).toThrow(
        new RequestError('the server has no profile: pass a server, such as groq, or set apiKey'),
      );
    },
  );

  it('throws for a server without a variable', () => {
    expect(() => apiKeyFrom(lmStudio, {})).toThrow(RequestError);
  });
});
