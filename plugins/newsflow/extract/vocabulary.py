"""Words that mark what is not the article, in the languages that news is written in.

Each list is matched at the start of a short paragraph or as a whole one (see `lines.py`),
never inside running text.
"""

from __future__ import annotations

import re


def phrases(text: str) -> tuple[str, ...]:
    """Phrases written with "|" or line ends between them."""
    return tuple(phrase.strip() for phrase in re.split(r"[|\n]", text) if phrase.strip())


COMMENT_FORM = phrases("""
leave a reply | leave a comment | your email address will not be published | required fields are marked
cancel reply | post a comment | add a comment | join the conversation | be the first to comment
you must be logged in to | log in to comment | sign in to comment | comments are closed | view comments
save my name, email | notify me of | schreiben sie einen kommentar | schreibe einen kommentar
kommentar verfassen | antworten abbrechen | deine e-mail-adresse wird nicht | ihre e-mail-adresse wird nicht
laisser un commentaire | votre adresse e-mail ne sera pas | votre adresse de messagerie ne sera pas
annuler la réponse | poster un commentaire | deja un comentario | deja una respuesta | cancelar respuesta
tu dirección de correo electrónico no será | escribe un comentario | dejar un comentario | deixe um comentário
deixe uma resposta | o seu endereço de e-mail não será | o seu endereço de email não será | cancelar resposta
lascia un commento | il tuo indirizzo email non sarà | annulla risposta | geef een reactie | reactie annuleren
het e-mailadres wordt niet | dodaj komentarz | anuluj pisanie odpowiedzi | twój adres e-mail nie zostanie
twój adres email nie zostanie | добавить комментарий | оставить комментарий | отменить ответ
ваш адрес email не будет | ваш e-mail не будет | залишити відповідь | скасувати відповідь
ваша e-mail адреса не | αφήστε μια απάντηση | ακύρωση απάντησης | η ηλ. διεύθυνση σας δεν | bir cevap yazın
bir yanıt yazın | yanıtı iptal et | e-posta adresiniz yayınlanmayacak | tinggalkan balasan | batalkan balasan
alamat email anda tidak akan | để lại một bình luận | hủy trả lời | email của bạn sẽ không | lämna ett svar
avbryt svar | din e-postadress kommer inte | skriv en kommentar | legg igjen en kommentar
din e-mailadresse vil ikke | napsat komentář | zrušit odpověď | vaše e-mailová adresa nebude | lasă un răspuns
anulează răspunsul | adresa ta de email nu va | vastaa | sähköpostiosoitettasi ei julkaista | اترك تعليقاً
اترك ردا | إلغاء الرد | لن يتم نشر عنوان بريدك | دیدگاهتان را بنویسید | نشانی ایمیل شما منتشر نخواهد
השאר תגובה | כתיבת תגובה | האימייל לא יוצג | コメントを残す | コメントする
メールアドレスが公開されることはありません | 发表评论 | 發表評論 | 发表回复 | 發佈留言 | 取消回复
您的邮箱地址不会被公开 | 您的電子郵箱地址不會被公開 | 댓글 남기기 | 댓글 달기 | 이메일은 공개되지 않습니다
एक उत्तर दें | उत्तर छोड़ दें | आपका ईमेल पता प्रकाशित नहीं | ใส่ความเห็น | ยกเลิกการตอบ | อีเมลของคุณจะไม่แสดง
""")


def starts(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern that matches a paragraph beginning with any of the phrases, whatever its punctuation before."""
    return re.compile(r"^[\W_]*(?:" + "|".join(re.escape(phrase) for phrase in phrases) + ")", re.IGNORECASE)
