/** Returns the address of an image. Some clients send it without its object, and Ollama's `/v1` reads it. */
export const imageUrlOf = ({
  image_url,
}: {
  readonly image_url: string | { readonly url: string };
}): string => (typeof image_url === 'string' ? image_url : image_url.url);
