/** Returns the message for an error of the storage. */
export function messageOfUnsaved(error: unknown): string {
  const { name = '', message = '' } = Object(error) as Partial<Error>;
  if (name === 'StorageConflict')
    return 'This conversation was changed in another tab. Changes here are not saved.';
  return name === 'QuotaExceededError'
    ? 'The storage of the browser is full. Delete a conversation, so that this one is saved.'
    : `This conversation is not saved: ${message}`;
}
