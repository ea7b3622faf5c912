export type Theme = 'system' | 'light' | 'dark';

/** The settings that are kept in the storage of the browser. The API key is not one of them. */
export interface SavedSettings {
  /** `''` for the scripted model. */
  readonly baseURL: string;
  /** `''` for the first model of the server. */
  readonly model: string;
  /** Instructions at the start of a new conversation; `''` for none. */
  readonly systemPrompt: string;
  /** 0 to 2; `null` for the default of the server. */
  readonly temperature: number | null;
  readonly theme: Theme;
}

const KEY = 'settings';
const DEFAULTS: SavedSettings = {
  baseURL: '',
  model: '',
  systemPrompt: '',
  temperature: null,
  theme: 'system',
};

/** Reads the settings; the defaults if nothing valid is stored, or the browser does not allow to read it. */
export function loadSettings(): SavedSettings {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<SavedSettings>;
    return {
      baseURL: String(stored.baseURL ?? DEFAULTS.baseURL),
      model: String(stored.model ?? DEFAULTS.model),
      systemPrompt: String(stored.systemPrompt ?? DEFAULTS.systemPrompt),
      temperature: typeof stored.temperature === 'number' ? stored.temperature : DEFAULTS.temperature,
      theme: isTheme(stored.theme) ? stored.theme : DEFAULTS.theme,
    };
  } catch {
    return DEFAULTS;
  }
}

/** Stores the settings, and returns whether they last: a storage may be full or not allowed. */
export function saveSettings(settings: SavedSettings): boolean {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
    return true;
  } catch {
    return false;
  }
}

export const isTheme = (value: unknown): value is Theme =>
  value === 'system' || value === 'light' || value === 'dark';
