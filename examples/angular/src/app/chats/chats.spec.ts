import { TestBed } from '@angular/core/testing';

import { Chats } from './chats';

describe('Chats', () => {
  beforeEach(() => localStorage.clear());
  afterEach(() => vi.restoreAllMocks());

  it('lists the newest first, by the first words, and finds none that was removed', () => {
    const chats = TestBed.inject(Chats);
    vi.spyOn(Date, 'now').mockReturnValueOnce(1).mockReturnValueOnce(1).mockReturnValue(2);
    expect(chats.add(`one\n${'more '.repeat(40)}`)?.load()).toBeNull();
    const [one] = chats.list();
    expect(one?.title).toMatch(/^one more .*…$/);
    chats.add('two');
    expect(chats.list().map(({ title }) => title.slice(0, 3))).toEqual(['two', 'one']);
    chats.remove(one?.id ?? '');
    expect(chats.list()).toHaveLength(1);
    expect(chats.open(one?.id ?? '')).toBeNull();
    expect(chats.current()).toBeNull();
  });

  it('ignores keys that something else has written', () => {
    localStorage.setItem('chat-title:a', 'not JSON');
    localStorage.setItem('chat-title:b', 'null');
    localStorage.setItem('other', '{}');
    const chats = TestBed.inject(Chats);
    chats.refresh();
    expect(chats.list()).toEqual([]);
  });

  it('reports a storage that is full', () => {
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    const chats = TestBed.inject(Chats);
    expect(chats.add('one')).toBeNull();
    expect(chats.problem()).toMatchObject({ name: 'QuotaExceededError' });
    expect(chats.list()).toEqual([]);
  });
});
