import { acceptedFields, ignoredFields, removedFields } from '../../lib/request/fieldReports';

describe('ignoredFields', () => {
  it('returns the fields of the request that the profile lists', () => {
    const fields = { model: 'any', n: 2, logit_bias: null, seed: undefined };
    expect(ignoredFields(fields, { name: 'x', ignores: ['logit_bias', 'n', 'seed', 'user'] })).toEqual([
      'logit_bias',
      'n',
    ]);
    expect(ignoredFields(fields, { name: 'x' })).toEqual([]);
  });

  it('returns every field that the server does not read, a misspelt one too', () => {
    const profile = { name: 'x', reads: ['model', 'messages'], rejects: ['store'] };
    const fields = { model: 'any', messages: [], temprature: 0, n: undefined, store: true };
    expect(ignoredFields(acceptedFields(fields, profile), profile)).toEqual(['temprature']);
  });

  it('compares a request for embeddings with ignores only', () => {
    expect(ignoredFields({ model: 'any', input: 'Hi' }, { name: 'x', reads: ['model', 'messages'] })).toEqual(
      [],
    );
  });
});

describe('removedFields', () => {
  it('returns the rejected fields that the request has', () => {
    const profile = { name: 'x', rejects: ['seed', 'n', 'user'] };
    expect(removedFields({ seed: null, n: undefined }, profile)).toEqual(['seed']);
    expect(removedFields({ seed: 1 }, { name: 'x' })).toEqual([]);
  });

  it('returns a field of messages if one of them has it', () => {
    const profile = { name: 'x', rejects: ['messages[].name'] };
    expect(removedFields({ messages: [{ role: 'user' }, { role: 'user', name: 'Ada' }] }, profile)).toEqual([
      'messages[].name',
    ]);
    expect(removedFields({ messages: [{ role: 'user' }], name: 'Ada' }, profile)).toEqual([]);
    expect(removedFields({ messages: 'not a list' }, profile)).toEqual([]);
    expect(removedFields({ messages: [null, 7] }, profile)).toEqual([]);
    expect(acceptedFields({ messages: [null, { name: 'Ada' }] }, profile)).toEqual({ messages: [null, {}] });
  });
});

describe('acceptedFields', () => {
  it('leaves out rejected fields, those of messages too, and changes no argument', () => {
    const message = Object.freeze({ role: 'user', name: 'Ada', content: 'Hi' });
    const fields = Object.freeze({ model: 'any', n: 2, messages: Object.freeze([message]) });
    expect(acceptedFields(fields, { name: 'x', rejects: ['n', 'messages[].name'] })).toEqual({
      model: 'any',
      messages: [{ role: 'user', content: 'Hi' }],
    });
  });

  it('returns the same fields if none is rejected', () => {
    const fields = { model: 'any' };
    expect(acceptedFields(fields, { name: 'x', rejects: ['n'] })).toBe(fields);
  });
});
