import type { Profile } from '../servers/Profile';
import type { ChatConfig } from './config';

/** Returns the profile of a config. JavaScript allows a call without a config, which is reported later. */
export const profileOf = (config: ChatConfig | null | undefined): Profile | undefined => config?.profile;
