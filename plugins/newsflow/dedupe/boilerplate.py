"""Lines that are not the article: comment forms, sharing bars, newsletter boxes, copyright notes.

Extraction has taken most of them out; what is left of them must not tie two articles
together nor keep two copies apart. Only whole lines go, and only those that say nothing
but what a form or a notice says.
"""

from __future__ import annotations

import re

from newsflow.dedupe.credits import is_credit
from newsflow.text.site_lines import line_hash

_PHRASES = (
    # comment forms
    r"leave a (?:reply|comment)", r"your email address will not be published", r"required fields are marked",
    r"save my name,? e?-?mail", r"(?:post|add) (?:a )?comment", r"cancel reply", r"notify me of (?:new|follow)",
    r"(?:log|sign) in to (?:leave a )?(?:comment|reply)", r"comments (?:are closed|\(\d+\)|policy)",
    r"you must be logged in", r"this site uses akismet", r"(?:name|e-?mail|website|comment) ?\*?$",
    r"deja(?:r)? un comentario", r"tu (?:direccion de )?correo electronico no sera publicad",
    r"los campos obligatorios", r"laisser un commentaire", r"votre adresse (?:e-?mail|de messagerie) ne sera pas",
    r"les champs obligatoires", r"schreibe? (?:einen|uns einen) kommentar", r"deine e-?mail-?adresse wird nicht",
    r"erforderliche felder", r"lascia un commento", r"il tuo indirizzo email non sara", r"i campi obbligatori",
    r"deixe (?:um|o seu) comentario", r"o seu endereco de e-?mail nao", r"campos obrigatorios",
    r"een reactie (?:plaatsen|achterlaten)", r"dodaj komentarz", r"twoj adres e-?mail nie zostanie",
    r"добавить комментарий", r"ваш адрес email не будет опубликован", r"обязательные поля помечены",
    r"发表(?:评论|回复)", r"您的(?:电子)?邮箱地址不会被公开", r"コメントを残す",
    r"メールアドレスが公開されることはありません",
    # sharing, newsletters, further reading
    r"(?:share|follow) (?:this|us)\b", r"click to (?:share|email|print)", r"share on (?:facebook|twitter|x|whatsapp)",
    r"sign up (?:for|to) (?:our|the|your|receive)", r"subscribe (?:to|now|for)\b",
    r"get (?:our|the) (?:free )?(?:daily )?newsletter",
    r"read (?:more|also|next)\b", r"(?:related|more) (?:articles|stories|news|from)\b", r"also read\b",
    r"you may also like",
    r"recommended for you", r"advertisement$", r"story continues below", r"most (?:read|popular)\b",
    r"download (?:our|the) app", r"abonnez-vous", r"a lire aussi", r"lire aussi", r"lea (?:tambien|mas)", r"suscribete",
    r"mehr zum thema", r"lesen sie (?:auch|mehr)", r"newsletter abonnieren", r"leggi anche", r"leia (?:tambem|mais)",
    r"lees ook", r"czytaj (?:tez|takze)", r"читайте также", r"подписывайтесь",
    # rights
    r"(?:copyright|\(c\)|©).{0,60}(?:\d{4}|all rights)", r"all rights reserved",
    r"this material may not be published, broadcast", r"may not be reproduced", r"our standards: the thomson reuters",
)  # fmt: skip
_BOILERPLATE = re.compile(r"\W*(?:" + "|".join(_PHRASES) + ")")
_SENTENCE = re.compile(r"(?<=[.!?*]) ")
_LONGEST = 240  # characters; a longer line says something else too
_START = 100  # characters that hold any of the phrases
_FOLD = str.maketrans("áàâãäéèêëíìîïóòôõöúùûüñçóęąśłżźćń", "aaaaaeeeeiiiiooooouuuuncoeaslzzcn")


def is_boilerplate(line: str) -> bool:
    """Whether a line begins as forms and notices do, and says little more."""
    if len(line) > _LONGEST:
        return False
    start = line[:_START].casefold()
    return _BOILERPLATE.match(start if start.isascii() else start.translate(_FOLD)) is not None


def without_boilerplate(body: str, site_lines: frozenset[int] = frozenset()) -> str:
    """The body's other lines (its other sentences, where it is one line); the body where nothing else is left.

    Last lines that only say whose text it is go too: papers add and drop them.
    """
    glue = "\n" if "\n" in body else " "
    lines = body.split("\n") if glue == "\n" else _SENTENCE.split(body)
    kept = [s for s in lines if not is_boilerplate(s) and not (site_lines and line_hash(s) in site_lines)]
    while kept and is_credit(kept[-1]):
        kept.pop()
    return glue.join(kept) if len(kept) < len(lines) and any(map(str.strip, kept)) else body
