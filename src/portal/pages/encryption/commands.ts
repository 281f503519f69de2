/** What an operator pastes into a shell to replace a key, as docs/secrets.md has it: whoever makes a key sees it. */

export const ADD_KEY = `NEW_KEY=$(openssl rand -base64 32)
echo "$NEW_KEY"
printf %s "$NEW_KEY" | npm run wrangler -- secret put ENCRYPTION_KEYS`;

export const DROP_KEY = "npm run wrangler -- secret delete ENCRYPTION_KEY";
