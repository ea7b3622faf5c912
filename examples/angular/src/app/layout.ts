/** Whether the list of conversations and the inspector cover the conversation, instead of being beside it. */
export const isNarrow = (): boolean => !matchMedia('(min-width: 1000px)').matches;

/** Whether the screen has room for the list of conversations beside everything else. */
export const isWide = (): boolean => matchMedia('(min-width: 1200px)').matches;
