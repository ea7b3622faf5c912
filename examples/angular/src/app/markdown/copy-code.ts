/** Adds a button to a code block that copies its text. */
export function addCopyButton(block: HTMLElement): void {
  const frame = document.createElement('div');
  frame.className = 'code';
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Copy code';
  button.addEventListener('click', () => {
    void navigator.clipboard?.writeText(block.textContent).then(
      () => (button.textContent = 'Copied'),
      () => (button.textContent = 'Not allowed to copy'),
    );
  });
  block.replaceWith(frame);
  frame.append(block, button);
}
