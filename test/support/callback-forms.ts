import { Buffer } from "node:buffer";

/** How callbacks write down what they tell. */

export const JSON_TYPE = { "content-type": "application/json" };
export const FORM_TYPE = { "content-type": "application/x-www-form-urlencoded" };

export interface FormPart {
  name: string;
  content: string | Buffer;
  filename?: string;
  type?: string;
}

const BOUNDARY = "xYzZY";
export const MULTIPART_TYPE = { "content-type": `multipart/form-data; boundary=${BOUNDARY}` };

/** RFC 7578. */
export function multipart(parts: readonly FormPart[]): Buffer {
  const pieces = parts.flatMap(({ name, content, filename, type }) => [
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"`,
    filename === undefined ? "" : `; filename="${filename}"`,
    type === undefined ? "" : `\r\nContent-Type: ${type}`,
    "\r\n\r\n",
    content,
    "\r\n",
  ]);
  return Buffer.concat([...pieces, `--${BOUNDARY}--\r\n`].map((piece) => Buffer.from(piece)));
}
