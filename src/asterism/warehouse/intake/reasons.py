"""Why a row is in quarantine."""

from enum import StrEnum

from asterism.kernel.words import Text


class Reason(StrEnum):
    """Codes of what can be wrong with a row."""

    TYPE = "type"
    REQUIRED = "required"
    CODE = "code"
    RANGE = "range"
    FAILED = "failed"
    REFERENCE = "reference"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    STRUCTURE = "structure"
    TOO_LONG = "too_long"
    UNDECODABLE = "undecodable"


TEXTS: dict[Reason, Text] = {
    Reason.TYPE: Text(
        "无法转换为该列的类型", "cannot be read as the column's type", "no se lee como el tipo"
    ),
    Reason.REQUIRED: Text(
        "缺少必填值", "a required value is missing", "falta un valor obligatorio"
    ),
    Reason.CODE: Text("不在代码表中", "not one of the codes", "no es uno de los códigos"),
    Reason.RANGE: Text(
        "超出可信范围", "outside the believable range", "fuera del intervalo creíble"
    ),
    Reason.FAILED: Text(
        "表达式计算失败", "the expression fails on this row", "la expresión falla en esta fila"
    ),
    Reason.REFERENCE: Text(
        "引用的记录不存在", "refers to something that is not there", "se refiere a algo que no está"
    ),
    Reason.DUPLICATE: Text(
        "主键重复", "its key occurred before in this load", "su clave ya apareció en esta carga"
    ),
    Reason.CONFLICT: Text(
        "已用不同的值加载过",
        "was loaded before with other values",
        "ya se cargó con otros valores",
    ),
    Reason.STRUCTURE: Text(
        "列数或引号不符",
        "does not have the file's columns, or its quotes do not close",
        "no tiene las columnas del fichero, o sus comillas no cierran",
    ),
    Reason.TOO_LONG: Text("行过长", "the line is too long", "la línea es demasiado larga"),
    Reason.UNDECODABLE: Text(
        "含有无法解码的字符",
        "has characters that the declared encoding does not have",
        "tiene caracteres que la codificación declarada no tiene",
    ),
}
