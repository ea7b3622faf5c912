/** The characters that end a line. In UTF-8 neither byte occurs inside another character. */
export const LF = 0x0a;
export const CR = 0x0d;
