/** Whether a key event belongs to an input method. Safari reports it by its key code only. */
export const isComposing = ({ isComposing, keyCode }: KeyboardEvent): boolean =>
  isComposing || keyCode === 229;
