"use strict";

// The document has a bearer token. The Authorize button asks for an address and a password
// instead: Swagger has a form for these, that of OAuth 2.
const SCHEME = "{{ scheme }}";
const LOGIN = "{{ login_url|escapejs }}";
const FORM = "application/x-www-form-urlencoded";
let signsIn = false;

const signInByPassword = () => ({
  statePlugins: {
    spec: {
      wrapActions: {
        updateJsonSpec: (original) => (document) => {
          const components = {
            ...document.components,
            securitySchemes: {
              ...document.components.securitySchemes,
              [SCHEME]: {
                type: "oauth2",
                description: "Your address, as the user name, and your password.",
                flows: { password: { tokenUrl: LOGIN, scopes: {} } },
              },
            },
          };
          return original({ ...document, components });
        },
      },
    },
  },
});

// The form is sent as JSON, without the header that OAuth 2 has for programs.
const requestInterceptor = (request) => {
  signsIn = request.url.endsWith(LOGIN) && request.headers["Content-Type"] === FORM;
  if (signsIn) {
    const form = new URLSearchParams(request.body);
    request.headers = { "Content-Type": "application/json" };
    request.body = JSON.stringify({
      email: form.get("username"),
      password: form.get("password"),
    });
  }
  return request;
};

const responseInterceptor = (response) => {
  if (signsIn && response.url.endsWith(LOGIN)) {
    signsIn = false;
    const body = JSON.parse(response.text);
    if (response.ok && body.second_factor) {
      response.ok = false;
      response.status = 400;
      response.data = JSON.stringify({ error: "This account needs a second factor." });
    } else if (response.ok) {
      response.data = JSON.stringify({ access_token: body.access, token_type: "Bearer" });
    } else {
      response.data = JSON.stringify({ error: body.errors[0].detail });
    }
    response.text = response.data;
  }
  return response;
};

SwaggerUIBundle({
  url: "{{ schema_url|escapejs }}",
  dom_id: "#swagger-ui",
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [signInByPassword],
  layout: "BaseLayout",
  requestInterceptor,
  responseInterceptor,
  ...{{ settings|safe }},
});
