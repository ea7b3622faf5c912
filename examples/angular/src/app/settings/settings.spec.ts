import { problemOfAddress } from './address';
import { loadSettings, saveSettings } from './saved-settings';

describe('problemOfAddress', () => {
  it.each(['', '/v1', 'http://localhost:11434/v1', 'https://api.example.com/v1'])('accepts %j', (address) => {
    expect(problemOfAddress(address)).toBeNull();
  });

  it.each([
    ['localhost:11434/v1', 'no scheme'],
    ['http://', 'not valid'],
    ['http://host:port', 'not valid'],
  ])('rejects %j', (address, reason) => {
    expect(problemOfAddress(address)).toContain(reason);
  });
});

describe('the saved settings', () => {
  const defaults = { baseURL: '', model: '', systemPrompt: '', temperature: null, theme: 'system' };
  afterEach(() => localStorage.removeItem('settings'));

  it('are read as they were stored', () => {
    const settings = {
      baseURL: '/v1',
      model: 'one',
      systemPrompt: 'Be brief.',
      temperature: 0,
      theme: 'dark',
    } as const;
    saveSettings(settings);
    expect(loadSettings()).toEqual(settings);
  });

  it('are not kept by a storage that is full', () => {
    const full = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    expect(saveSettings(loadSettings())).toBe(false);
    full.mockRestore();
  });

  it.each(['', '{', 'null', '{"theme":"pink","temperature":"warm"}'])('are the defaults for %j', (stored) => {
    localStorage.setItem('settings', stored);
    expect(loadSettings()).toEqual(defaults);
  });
});
