import type { Message } from 'rxjs-chat-completions';

/** Largest image in bytes. The storage of a browser has about 5 MB for all conversations. */
const MAX_BYTES = 2_000_000;

/** Reads an image as a data URL, and rejects with the reason for the user. */
export function readImage(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    if (!file.type.startsWith('image/'))
      return reject(new Error(`${file.name} is not an image. Attach a PNG, JPEG, GIF or WebP file.`));
    if (file.size > MAX_BYTES)
      return reject(new Error(`${file.name} is larger than 2 MB. Attach a smaller image.`));
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(new Error(`${file.name} cannot be read. Attach it again.`));
    reader.readAsDataURL(file);
  });
}

/** Creates a message of the user; a string without images, as not all servers accept parts. */
export const messageWith = (text: string, images: readonly string[]): Message => ({
  role: 'user',
  content:
    images.length === 0
      ? text
      : [
          ...images.map((url) => ({ type: 'image_url' as const, image_url: { url } })),
          // Some servers reject an empty text.
          ...(text === '' ? [] : [{ type: 'text' as const, text }]),
        ],
});

/** The addresses of the images in a message. */
export const imagesIn = ({ content }: Message): readonly string[] =>
  Array.isArray(content)
    ? content.flatMap((part) => (part.type === 'image_url' ? [part.image_url.url] : []))
    : [];
