export function mountPlayground(place: HTMLElement): () => void {
  place.textContent = 'Soon.';
  return () => place.replaceChildren();
}
