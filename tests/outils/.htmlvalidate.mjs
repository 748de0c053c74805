// What html-validate asks of every page; a rule is only left out for the reason beside it.
export default {
  root: true,
  extends: ["html-validate:recommended", "html-validate:a11y"],
  rules: {
    "doctype-style": ["error", { style: "lowercase" }],
    // Safari forgets that a list without bullets is one, unless its role is written.
    "no-redundant-role": "off",
    "prefer-native-element": ["error", { exclude: ["list"] }],
    // A button of ours sends its form, as HTML has it by default; without its type, the next rule
    // takes the buttons of one choice for fields that share a name by mistake.
    "no-implicit-button-type": "off",
    "form-dup-name": "off",
    // What a template leaves at the end of a line is seen by nobody.
    "no-trailing-whitespace": "off",
    // It wants no ordinary space anywhere in a link that calls, and ours say why and when to call.
    "tel-non-breaking": "off",
  },
};
