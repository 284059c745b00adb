/* Forms that take a passkey: the browser is asked for one when the form is sent, and what it gives goes along.
   data-passkey is create, get, or fetch (get, with options that are fetched from the form's own address). */
(() => {
    "use strict";

    const optionsOf = async (form) => {
        if (form.dataset.passkey !== "fetch") {
            return JSON.parse(document.getElementById(form.dataset.options).textContent);
        }
        const answer = await fetch(form.action, { headers: { Accept: "application/json" }, cache: "no-store" });
        if (!answer.ok) throw new Error("no options");
        return answer.json();
    };

    const ask = async (form) => {
        const options = await optionsOf(form);
        if (form.dataset.passkey === "create") return webauthnJSON.create(options.creation_options);
        return webauthnJSON.get(options.request_options);
    };

    const start = (form) => {
        const trouble = form.querySelector("[data-passkey-trouble]");
        form.addEventListener("submit", async (event) => {
            event.preventDefault();
            trouble.hidden = true;
            try {
                (form.querySelector("[data-credential]") || form.elements.credential).value = JSON.stringify(await ask(form));
                form.submit();
            } catch {
                trouble.hidden = false; // refused, timed out, or no such device
            }
        });
    };

    for (const form of document.querySelectorAll("form[data-passkey]")) start(form);
    for (const button of document.querySelectorAll("[data-print]")) {
        button.addEventListener("click", () => window.print());
    }
})();
