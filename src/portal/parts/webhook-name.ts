/** What a webhook is called: by its host where nobody has named it, as a whole URL is too long for a name. */
export const nameOfWebhook = ({ name, url }: { name: string | null; url: string }): string => name ?? new URL(url).host;
