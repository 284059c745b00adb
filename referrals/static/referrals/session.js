/* Says before a session ends that it will, and afterwards that it has. Nothing is stored: what was typed
   stays in the page's own fields. Without this file a page that is sent too late is held by the answer. */
(() => {
    "use strict";

    const WARNING = 120; // seconds
    const LONGEST = 20 * 60; // seconds between two looks: a machine that slept has to notice

    const start = () => {
        const ending = document.getElementById("session-ending");
        const ended = document.getElementById("session-ended");
        let timer = 0;

        const ask = async (how) => {
            const answer = await fetch(ending.dataset.session, { cache: "no-store", redirect: "error", ...how });
            if (!answer.headers.get("content-type")?.startsWith("application/json")) throw new Error("no answer");
            return answer.json();
        };

        // Forms that were shown before a sign-in elsewhere carry a token that no longer holds.
        const renewTokens = (token) => {
            for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
        };

        const show = (dialog) => {
            if (dialog.open) return;
            for (const each of document.querySelectorAll("dialog[open]")) each.close();
            dialog.showModal();
        };

        const follow = ({ seconds, token }, { said = false } = {}) => {
            renewTokens(token);
            if (seconds <= 0) show(ended);
            else if (seconds > WARNING) for (const each of [ending, ended]) each.close();
            else if (!said) show(ending);
            const next = seconds > WARNING ? Math.min(seconds - WARNING, LONGEST) : seconds + 1;
            if (seconds > 0) lookIn(next);
        };

        const look = () => ask({}).then(follow, () => lookIn(60)); // no network: later

        const lookIn = (seconds) => {
            clearTimeout(timer);
            timer = setTimeout(look, seconds * 1000);
        };

        ending.querySelector("[data-stay]").addEventListener("submit", (event) => {
            event.preventDefault();
            const body = new FormData(event.target);
            ending.close();
            ask({ method: "POST", body }).then((found) => follow(found, { said: true }), () => lookIn(1));
        });
        document.addEventListener("visibilitychange", () => {
            if (document.visibilityState === "visible") look();
        });
        lookIn(Number(ending.dataset.firstLook));
    };

    // A page that holds what was sent too late: once somebody has signed in elsewhere, its token is renewed.
    const renewHeld = () => {
        const form = document.querySelector("form[data-held]");
        document.addEventListener("visibilitychange", async () => {
            if (document.visibilityState !== "visible") return;
            try {
                const answer = await fetch(form.dataset.held, { cache: "no-store" });
                const { token } = await answer.json();
                form.querySelector("input[name=csrfmiddlewaretoken]").value = token;
            } catch {
                /* the answer to the form will say what is wrong */
            }
        });
    };

    document.addEventListener("DOMContentLoaded", () => {
        if (document.getElementById("session-ending")) start();
        if (document.querySelector("form[data-held]")) renewHeld();
    });
})();
