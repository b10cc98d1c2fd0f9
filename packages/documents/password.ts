/** What a document's sealed password is bound to: it opens for this document alone. */
export const passwordPurpose = (documentId: string): string => `document.password.${documentId}`;
