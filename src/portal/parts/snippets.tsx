import { dialectOf } from "../../systems/index.ts";
import { snippetsFor } from "../snippets/index.ts";
import { Code, CopyLine } from "./code.tsx";

/**
 * How a receiver verifies what a dialect sends, in several languages: tabs that are radio buttons, so that they need no
 * script and know the keyboard.
 * @param secret shown as the variable that the snippets read it from; never within the code
 */
export function Snippets({ dialect, secret }: { dialect: string; secret?: string | undefined }) {
  const { signature } = dialectOf(dialect);
  const snippets = snippetsFor(signature);
  return (
    <div class="stack-s">
      <p class="small quiet">
        The signature is in the header <code>{signature.header}</code>. The code reads the secret from{" "}
        <code>WEBHOOK_SECRET</code>.
      </p>
      {secret !== undefined && <CopyLine text={`WEBHOOK_SECRET='${secret}'`} label="the environment variable" />}
      <fieldset class="snippets">
        <legend class="visually-hidden">Language</legend>
        {snippets.map(({ key, name }, index) => (
          <label>
            <input type="radio" class="visually-hidden" name="snippet" value={key} checked={index === 0} />
            {name}
          </label>
        ))}
        {snippets.map(({ key, name, text }) => (
          <div class="snippet" data-snippet={key}>
            <Code text={text} label={`${name} code`} />
          </div>
        ))}
      </fieldset>
    </div>
  );
}
